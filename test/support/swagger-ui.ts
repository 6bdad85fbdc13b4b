import { Locator, Page } from 'playwright-core';

/** What Swagger UI shows of an answer, and the request that it says it sent. */
export interface ShownAnswer {
  status: number;
  body: any;
  curl: string;
}

/** Swagger UI as a person uses it. */
export class SwaggerUi {
  constructor(private readonly page: Page) {}

  async open(serviceUrl: string): Promise<void> {
    await this.page.goto(`${serviceUrl}/docs`);
    await this.page.getByRole('heading', { name: 'Talkstack API' }).waitFor();
  }

  /** Executes an operation: its example as it stands, or with some fields filled in. */
  async execute(operation: string, fields: Record<string, string> = {}): Promise<ShownAnswer> {
    const block = this.page.locator(`[id^="operations-"][id$="-${operation}"]`);
    await this.unfold(block);
    if (Object.keys(fields).length > 0) {
      const request = block.locator('.body-param').getByRole('textbox');
      const example = JSON.parse(await request.inputValue());
      await request.fill(JSON.stringify({ ...example, ...fields }, null, 2));
    }
    await block.getByRole('button', { name: 'Execute' }).click();
    const shown = block.locator('.live-responses-table tbody tr').first();
    return {
      status: Number(await shown.locator('.response-col_status').innerText()),
      body: JSON.parse(await shown.getByRole('code').first().innerText()),
      curl: await block.locator('.curl-command').getByRole('code').innerText(),
    };
  }

  /** Enters a credential under “Authorize”: the token, or the API key. */
  async authorize(scheme: 'bearer' | 'apiKey', value: string): Promise<void> {
    const form = await this.openAuthorizations(scheme);
    await form.getByRole('textbox').fill(value);
    await form.getByRole('button', { name: 'Apply credentials' }).click();
    await form.getByRole('button', { name: 'Remove authorization' }).waitFor();
    await form.getByRole('button', { name: 'Close' }).click();
  }

  /** Removes a credential. */
  async forget(scheme: 'bearer' | 'apiKey'): Promise<void> {
    const form = await this.openAuthorizations(scheme);
    await form.getByRole('button', { name: 'Remove authorization' }).click();
    await form.getByRole('textbox').waitFor();
    await form.getByRole('button', { name: 'Close' }).click();
  }

  private async openAuthorizations(scheme: string): Promise<Locator> {
    await this.page.getByRole('button', { name: 'Authorize', exact: true }).click();
    const heading = this.page.getByRole('heading', { name: new RegExp(`^${scheme} `) });
    return this.page.locator('.dialog-ux .auth-container').filter({ has: heading });
  }

  /** Opens an operation for trying it out; takes an earlier answer away. */
  private async unfold(block: Locator): Promise<void> {
    const clear = block.getByRole('button', { name: 'Clear' });
    if (await clear.isVisible()) return clear.click();
    await block.locator('.opblock-summary-control').click();
    await block.getByRole('button', { name: 'Try it out' }).click();
  }
}
