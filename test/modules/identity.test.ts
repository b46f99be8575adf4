import tap from 'tap';
import { startTestApp } from '../support/app.ts';

tap.test('a first call', async (t) => {
  const test = await startTestApp(t);
  const erwitte = await test.organisation('Erwitte', '05974016');
  const centre = await test.centre('SOE', [erwitte]);
  const admin = await test.caller(centre, ['centre-admin']);
  const answer = await admin.call('GET', '/organisations?q=Erw');
  t.equal(answer.statusCode, 200, answer.body);
  t.match(answer.json(), { items: [{ ags: '05974016' }] });
  t.equal((await admin.call('GET', '/organisations?q=Erw&x=1')).statusCode, 400);
  const user = await admin.call('POST', '/users', {
    email: 'a@example.org',
    name: 'Anna',
    roles: ['caseworker'],
  });
  t.equal(user.statusCode, 201, user.body);
  const signIn = await test.app.inject({
    method: 'POST',
    url: '/api/v1/auth/token',
    payload: { email: 'A@example.org', password: user.json().temporaryPassword },
  });
  t.equal(signIn.statusCode, 200, signIn.body);
  console.log(signIn.json());
  t.equal((await test.inject({ method: 'GET', url: '/docs' })).statusCode, 200);
});
