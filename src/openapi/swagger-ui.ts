import { NestFastifyApplication } from '@nestjs/platform-fastify';
import { OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { onRequestHookHandler } from 'fastify';
import { EnvironmentSettings } from '../config/environment.settings.js';
import { Settings } from '../config/settings.js';
import { type ApiParts, openApiDocument } from './document.js';
import { publishDocument } from './published-document.js';

/** Content-Security-Policy of Swagger UI: its own scripts, inline styles and images, nothing from elsewhere. */
const UI_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; object-src 'none'";

/**
 * Swagger UI is made for wide screens: on a narrow one its tables need more room than there is. There, each cell is a row of its own, and
 * long words break.
 */
const UI_STYLE = `
@media (max-width: 40rem) {
  .swagger-ui .opblock .opblock-section-header { flex-wrap: wrap; gap: 0.5rem; height: auto; }
  .swagger-ui .opblock-tag { flex-wrap: wrap; }
  .swagger-ui .opblock-tag small { flex-basis: 100%; padding: 0; }
  .swagger-ui .opblock-body table,
  .swagger-ui .opblock-body thead,
  .swagger-ui .opblock-body tbody,
  .swagger-ui .opblock-body tr,
  .swagger-ui .opblock-body td { display: block; width: auto; max-width: 100%; min-width: 0; }
  .swagger-ui .opblock-body td { padding: 0.25rem 0; overflow-wrap: anywhere; }
  .swagger-ui .response-col_links { display: none; }
  .swagger-ui .opblock-body pre, .swagger-ui .opblock-body code { white-space: pre-wrap; overflow-wrap: anywhere; }
  .swagger-ui .opblock-body input, .swagger-ui .opblock-body select, .swagger-ui .opblock-body textarea { max-width: 100%; min-width: 0; }
}`;

/** The part of Swagger UI's API in the browser that is used here. */
interface SwaggerUi {
  oas3Actions: { setSelectedServer(url: string): void };
  specSelectors: { specJson(): { getIn(path: unknown[]): string } };
}

/** Makes requests go to the page's own host instead of PUBLIC_URL. Runs in the browser, so it must not use anything else of this file. */
function selectRelativeServer(): void {
  const { ui } = globalThis as unknown as { ui: SwaggerUi };
  ui.oas3Actions.setSelectedServer(ui.specSelectors.specJson().getIn(['servers', 1, 'url']));
}

/** Serves Swagger UI at /docs and the document at /docs-json. Both are built at the first request, to keep the start fast. */
export function setUpSwagger(app: NestFastifyApplication, settings: Settings, parts: ApiParts): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRoute', (route) => {
    if (!/^\/docs(\/|$)/.test(route.url)) return;
    const loosen: onRequestHookHandler = (_, reply, next) => {
      void reply.header('content-security-policy', UI_POLICY);
      next();
    };
    route.onRequest = [route.onRequest ?? [], loosen].flat();
  });
  let document: OpenAPIObject | undefined;
  const documentOnce = () => (document ??= openApiDocument(app, settings, parts));
  publishDocument(fastify, documentOnce);
  SwaggerModule.setup('docs', app, documentOnce, {
    raw: false,
    customSiteTitle: 'Talkstack API',
    customCss: UI_STYLE,
    swaggerOptions: {
      persistAuthorization: !settings.get(EnvironmentSettings).inProduction,
      onComplete: selectRelativeServer,
    },
  });
}
