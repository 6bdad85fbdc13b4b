import nodemailer from 'nodemailer';
import { InvalidSettingsError } from '../../src/config/invalid-settings-error.js';
import { MailServerSettings } from '../../src/config/mail-server.settings.js';
import { smtpOptions } from '../../src/mail/mail.transport.js';
import { loadServiceSettings } from '../../src/settings.js';
import { TestMailbox } from '../support/test-mailbox.js';

const options = (url: string) =>
  smtpOptions(String(loadServiceSettings({ SMTP_URL: url }).get(MailServerSettings).SMTP_URL));

function faultsOf(url: string): string[] {
  try {
    options(url);
    return [];
  } catch (error) {
    return (error as InvalidSettingsError).faults;
  }
}

describe('SMTP_URL', () => {
  it('requires TLS before it sends a password to another machine, unless told otherwise', () => {
    expect(options('smtp://u:p@mail.example:587').requireTLS).toBe(true);
    expect(options('smtp://u:p@mail.example:587?requireTLS=false').requireTLS).toBe(false);
    expect(options('smtp://u:p@mail.example:587?ignoreTLS=true')).toMatchObject({ requireTLS: false, ignoreTLS: true });
    for (const here of ['127.0.0.1', '[::1]', 'LOCALHOST', 'localhost.']) {
      expect([here, options(`smtp://u:p@${here}`).requireTLS]).toEqual([here, false]);
    }
    expect(options('smtp://mail.example').requireTLS).toBe(false);
  });

  it('waits ten minutes for the last word, and reads no files for anybody', () => {
    expect(options('smtp://mail.example')).toMatchObject({
      dnsTimeout: 10_000,
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: 600_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  });

  it('hands each of its parameters to nodemailer, with its type', () => {
    const all = {
      'requireTLS=TRUE': { requireTLS: true },
      'tls.rejectUnauthorized=false': { tls: { rejectUnauthorized: false } },
      'tls.servername=MAIL.example': { tls: { servername: 'mail.example' } },
      'tls.minVersion=tlsv1.3': { tls: { minVersion: 'TLSv1.3' } },
      'authMethod=login': { authMethod: 'LOGIN' },
      'name=relay.example': { name: 'relay.example' },
      'localAddress=::1': { localAddress: '::1' },
      'connectionTimeout=5000&socketTimeout=60000': { connectionTimeout: 5000, socketTimeout: 60_000 },
    };
    for (const [query, read] of Object.entries(all)) expect(options(`smtps://h?${query}`)).toMatchObject(read);
  });

  it.each([
    ['requiretls=true', /^SMTP_URL must not have the parameter requiretls; there are requireTLS, /],
    ['pool=true', /^SMTP_URL must not have the parameter pool; /],
    ['__proto__=x', /^SMTP_URL must have nothing but requireTLS/],
    ['constructor=x', /^SMTP_URL must not have the parameter constructor; /],
    ['requireTLS=yes', /^SMTP_URL must have requireTLS=… true or false$/],
    ['requireTLS=true&requireTLS=false', /^SMTP_URL must not have the parameter requireTLS twice$/],
    ['requireTLS=true&ignoreTLS=true', /^SMTP_URL must not have both requireTLS and ignoreTLS$/],
    ['tls.minVersion=SSLv3', /^SMTP_URL must have tls.minVersion=… TLSv1.2 or TLSv1.3$/],
    ['name=two%20words', /^SMTP_URL must have name=… a host name$/],
    ['localAddress=eth0', /^SMTP_URL must have localAddress=… an IP address$/],
    ['socketTimeout=59999', /^SMTP_URL must have socketTimeout=… milliseconds from 60000 to 600000$/],
    ['socketTimeout=600001', /^SMTP_URL must have socketTimeout=… milliseconds from 60000 to 600000$/],
    ['name=a,b', /^SMTP_URL must have name=… a host name$/],
    [`name=${'a.'.repeat(127)}`, /^SMTP_URL must have name=… a host name$/],
    ['connectionTimeout=1e4', /^SMTP_URL must have connectionTimeout=… milliseconds from 1000 to 60000$/],
    ['ss@mail.example', /^SMTP_URL must have nothing but requireTLS.*%3F\)$/],
    ['#x', /^SMTP_URL must have no # \(in a password it is %23\)$/],
  ])('stops the start with ?%s', (query, fault) => {
    expect(faultsOf(`smtp://h:25?${query}`)).toEqual([expect.stringMatching(fault)]);
  });

  it('repeats no part of a password with an unescaped ? in it', () => {
    for (const password of ['12?hunter2', '12?hunter=2']) {
      const [fault] = faultsOf(`smtp://me:${password}@mail.example`);
      expect(fault).toMatch(/^SMTP_URL must/);
      expect(fault).not.toContain('hunter');
    }
    expect(faultsOf('smtp://mail.example/path')).toHaveLength(1);
  });

  it('leads to the server, whatever the spelling of this machine', async () => {
    const mailbox = new TestMailbox();
    await mailbox.open();
    try {
      const { port } = new URL(mailbox.url);
      for (const host of ['127.0.0.1', '[::ffff:127.0.0.1]', 'LOCALHOST', 'localhost.']) {
        const transport = nodemailer.createTransport(options(`smtp://${host}:${port}?name=relay.example`));
        await transport.sendMail({ from: 'a@example.com', to: `${port}@example.com`, subject: host, text: 'x' });
      }
      expect(mailbox.letters).toHaveLength(4);
    } finally {
      await mailbox.close();
    }
  });
});
