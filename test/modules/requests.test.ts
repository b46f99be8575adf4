import tap from 'tap';
import { startTestApp } from '../support/app.ts';
import { makeOrderable } from '../support/services.ts';

tap.test('service requests', async (t) => {
  const test = await startTestApp(t);
  const world = await makeOrderable(test);
  const { requester, caseworker } = world;
  const filed = await requester.call('POST', '/service-requests', {
    serviceId: world.serviceId,
    subject: 'Urkunde',
    formData: { registerNumber: 'G 1/2026', copies: 2 },
    submit: true,
  });
  t.equal(filed.statusCode, 201, filed.body);
  const id = filed.json().id;
  t.equal((await requester.call('GET', `/service-requests/${id}`)).statusCode, 200);
  const list = await caseworker.call('GET', `/service-requests?open=true`);
  t.equal(list.json().items.length, 1, list.body);
  const events = await caseworker.call('GET', `/service-requests/${id}/events`);
  console.log(events.body);
});
