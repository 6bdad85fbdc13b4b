import { writeFileSync } from 'node:fs';
import { startApp, TestApp } from '../support/start-app.js';
it('dump', async () => {
  const s = await startApp();
  const d = await s.api.get('/docs-json');
  writeFileSync('/tmp/openapi.json', JSON.stringify(d.body, null, 1));
  const y = await s.api.get('/docs-yaml'); console.log(y.status, y.headers.get('content-type'), String(y.body).slice(0,100));
  const u = await s.api.get('/docs'); console.log(u.status, u.body, [...u.headers]);
  await s.close();
});
