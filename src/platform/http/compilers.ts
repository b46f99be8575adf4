import { setImmediate } from 'node:timers/promises';
import { SerializerSelector } from '@fastify/fast-json-stringify-compiler';
import type { FastifyInstance } from 'fastify';
import type { FastifySerializerCompiler } from 'fastify/types/schema.js';

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Compiles what no request has needed yet, one schema at a time with room for requests between.
     * @throws Error of the first schema that cannot be compiled
     */
    compileSchemas(): Promise<void>;
  }
}

/** Makes `(schema) => compiled` whose work waits for the first call of what it made. */
export type Defer = <Input, Output>(compile: () => (input: Input) => Output) => (input: Input) => Output;

/**
 * There are hundreds of schemas, and compiling them takes longer than everything else at a start: each is compiled when a
 * request needs it, or by `compileSchemas` once the server listens.
 */
export function registerCompilers(app: FastifyInstance): Defer {
  const waiting: (() => void)[] = [];
  const defer: Defer = (compile) => {
    let compiled: ReturnType<typeof compile> | undefined;
    const ready = () => {
      compiled ??= compile();
      return compiled;
    };
    waiting.push(ready);
    return (input) => ready()(input);
  };
  const serializer = SerializerSelector()({}, {}) as FastifySerializerCompiler<unknown>;
  app.setSerializerCompiler((route) => defer(() => serializer(route)));
  app.decorate('compileSchemas', async () => {
    for (let compile = waiting.pop(); compile !== undefined; compile = waiting.pop()) {
      compile();
      await setImmediate();
    }
  });
  app.addHook('onClose', async () => {
    waiting.length = 0;
  });
  return defer;
}
