# One image, three commands: `serve` (API), `work` (jobs), `migrate` (schema, once before each new version).
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json ./
COPY scripts ./scripts
COPY src ./src
COPY workers ./workers
RUN npm run build

# Without development packages, and without the embedded PostgreSQL: production has a server of its own.
FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund && npm cache clean --force

FROM node:24-bookworm-slim AS runtime
WORKDIR /app
LABEL org.opencontainers.image.title="Verbund" \
      org.opencontainers.image.licenses="EUPL-1.2" \
      org.opencontainers.image.source="https://gitlab.opencode.de/verbund/verbund"
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/build ./build
COPY package.json LICENSE NOTICE.md ./
COPY drizzle ./drizzle
COPY data ./data
COPY openapi ./openapi
COPY web ./web
ENV HOST=0.0.0.0 PORT=3000
USER node
EXPOSE 3000
STOPSIGNAL SIGTERM
# A worker answers no HTTP: compose.yaml switches this off for it.
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/health/ready`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "build/src/cli.js", "serve"]
