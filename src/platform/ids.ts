import { uuidv7 } from 'uuidv7';

/** A fresh UUIDv7: sorts by time of creation, so that keyset paging by id is paging by age. */
export function newId(): string {
  return uuidv7();
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}
