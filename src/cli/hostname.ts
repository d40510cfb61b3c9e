export { resolveHostname } from "../discovery/hostnames.ts";
