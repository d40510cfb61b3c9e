# A Baton node. It brings no Temporal server: name one with BatonTemporalAddress.
FROM node:20-bookworm AS build
WORKDIR /baton
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN node setup/build.mjs && npm prune --omit=dev

FROM node:20-bookworm-slim
WORKDIR /baton
ENV NODE_ENV=production
COPY --from=build /baton/package.json ./
COPY --from=build /baton/bin ./bin
COPY --from=build /baton/dist ./dist
COPY --from=build /baton/node_modules ./node_modules
RUN install -d -o node -g node /var/lib/baton
USER node
VOLUME /var/lib/baton
EXPOSE 3000
ENTRYPOINT ["/baton/bin/baton"]
CMD ["-config", "/etc/baton.conf.json", "http"]
