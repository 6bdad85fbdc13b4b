import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Injectable } from '@nestjs/common';
import Handlebars from 'handlebars';
import { MailServerSettings } from '../config/mail-server.settings.js';
import { ProductSettings } from '../config/product.settings.js';
import { ApiDocsSettings } from '../openapi/api-docs.settings.js';
import { PagesSettings } from './pages.settings.js';
import { relativeRoot } from './relative-root.js';

/** A page of the navigation. Its path starts at the root of the service. */
interface LinkedPage {
  name: string;
  path: string;
  isOn: boolean;
}

/** What a page shows inside the frame. */
export interface FramedPage {
  /** Its heading, and its title in the browser. */
  title: string;
  /** HTML below the heading. */
  main: string;
  /** Path of its script, from the root of the service. */
  script?: string;
  /** Path of a script that is a module, and may import others. */
  module?: string;
  /** Path of a style beside that of all pages. */
  style?: string;
}

/** The common layout and navigation of the pages for development. */
@Injectable()
export class DevelopmentFrame {
  private readonly pages: LinkedPage[];
  private readonly template: (values: object) => string;

  constructor(
    private readonly product: ProductSettings,
    mailServer: MailServerSettings,
    docs: ApiDocsSettings,
    development: PagesSettings,
  ) {
    const pages = [
      { name: 'Mailbox', path: 'dev/mail', isOn: mailServer.hasDevelopmentMailbox },
      { name: 'Phone', path: 'dev/phone', isOn: development.hasBrowserPhone },
      { name: 'API', path: 'docs', isOn: docs.API_DOCS === 'on' },
    ];
    this.pages = pages.filter(({ isOn }) => isOn);
    const file = new URL('./development-frame/index.html.hbs', import.meta.url);
    this.template = Handlebars.compile(readFileSync(fileURLToPath(file), 'utf8'), { strict: true });
  }

  /** Returns the HTML of the page at this URL. */
  render(url: string, { title, main, script, module, style }: FramedPage): string {
    const root = relativeRoot(url);
    const links = this.pages.map(({ name, path }) => ({
      name,
      href: root + path,
      current: currentAt(url.split('?')[0], `/${path}`),
    }));
    return this.template({ title, main, script, module, style, root, links, product: this.product.PRODUCT_NAME });
  }
}

/** The value of `aria-current` for a link: the page itself, or the section that it belongs to. */
function currentAt(path: string, target: string): 'page' | 'true' | undefined {
  if (path === target || path === `${target}/`) return 'page';
  return path.startsWith(`${target}/`) ? 'true' : undefined;
}
