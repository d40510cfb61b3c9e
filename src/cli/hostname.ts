export { canonicalName, resolveHostname } from "../discovery/hostnames.ts";
