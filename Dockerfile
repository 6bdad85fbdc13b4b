# Builds with the development packages, runs without them. No package is compiled.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:22-bookworm-slim
ENV NODE_ENV=production PORT=3000
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
RUN mkdir data && chown 1000:1000 data
# Node's own user, as a number: by that Kubernetes sees that it is not root (runAsNonRoot).
USER 1000:1000
VOLUME /app/data
EXPOSE 3000
# Whether to restart it. Whether to send it requests is for the load balancer to ask, at /health/ready: a restart mends no database.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=4", "dist/bundle/start.cjs"]
