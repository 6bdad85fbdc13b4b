import { createServer } from 'node:net';
import { execSync } from 'node:child_process';
import { MailServer, startMail, until } from './start-mail.js';
jest.setTimeout(120_000);
const wait = (ms: number) => new Promise((r) => setTimeout(r, ms));

it('slow last word beyond the lease, two instances', async () => {
  const server = new MailServer(); await server.start();
  const mail = await startMail({ SMTP_URL: `smtp://127.0.0.1:${server.port}` });
  const second = await mail.open();
  let release = (): void => undefined;
  server.hold = new Promise((r) => (release = r));
  await mail.queue();
  await wait(75_000);
  expect(server.raw).toHaveLength(1);
  release();
  await until(async () => (await mail.letters())[0].state === 'sent');
  expect(server.raw).toHaveLength(1);
  expect((await mail.letters())[0].tries).toBe(1);
  await second.close(); await mail.close(); await server.stop();
});

it('silent greeting is the server failing', async () => {
  const sockets: any[] = [];
  const silent = createServer((s) => { sockets.push(s); s.on('error', () => undefined); }); await new Promise<void>((r) => silent.listen(0, '127.0.0.1', r));
  const mail = await startMail({ SMTP_URL: `smtp://127.0.0.1:${(silent.address() as any).port}` });
  await mail.queue();
  const t = Date.now();
  await mail.outbox.drain();
  console.log(Date.now() - t, (await mail.letters())[0].lastError, await mail.isFailing());
  sockets.forEach((s) => s.destroy()); silent.close();
  await mail.close();
});

const maria = process.env.MAIL_TEST_DATABASE_URL ? it : it.skip;
maria('database away while the server takes the letter', async () => {
  const server = new MailServer(); await server.start();
  const mail = await startMail({ SMTP_URL: `smtp://127.0.0.1:${server.port}` });
  let release = (): void => undefined;
  server.hold = new Promise((r) => (release = r));
  await mail.queue();
  await until(() => server.raw.length === 1);
  execSync('mariadb-admin --no-defaults -h127.0.0.1 -P3399 -uroot shutdown');
  await wait(1500);
  release();
  await wait(3000);
  execSync('(mariadbd --no-defaults --user=$(whoami) --datadir=/tmp/mailmaria/data --port=3399 --bind-address=127.0.0.1 --socket=/tmp/mailmaria/s.sock --pid-file=/tmp/mailmaria/pid >/tmp/mailmaria/log 2>&1 &) ; sleep 4', { stdio: 'ignore' });
  await until(async () => (await mail.letters())[0].state === 'sent');
  await mail.outbox.drain();
  await wait(500);
  expect(server.raw).toHaveLength(1);
  server.hold = undefined;
  await mail.queue(); await mail.outbox.drain();
  expect(server.raw).toHaveLength(2);
  await mail.close(); await server.stop();
});

it('burst of 300', async () => {
  const server = new MailServer(); await server.start();
  const mail = await startMail({ SMTP_URL: `smtp://127.0.0.1:${server.port}` });
  const t = Date.now();
  await Promise.all(Array.from({ length: 300 }, (_, i) => mail.queue({ recipient: `u${i}@example.com` })));
  console.log('queued', Date.now() - t);
  await mail.outbox.drain();
  console.log('sent', Date.now() - t, server.raw.length);
  await mail.close(); await server.stop();
});
