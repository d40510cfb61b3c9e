import { operationOf } from "./operation.ts";

export { cluster } from "./cluster.ts";
export { operation } from "./command.ts";
export { discover } from "./discover.ts";
export { afterwards } from "./hooks.ts";
export { housekeeping } from "./housekeeping.ts";
export { rehearsal } from "./rehearsal.ts";
export { rollingMaintenance } from "./rolling-maintenance.ts";
export { watch } from "./watch.ts";

export const recovery = operationOf("recovery");
export const takeover = operationOf("takeover");
export const relocation = operationOf("relocation");
export const moves = operationOf("moves");
export const exchange = operationOf("exchange");
export const coPrimary = operationOf("coPrimary");
export const rejoin = operationOf("rejoin");
export const adoption = operationOf("adoption");
export const serverChange = operationOf("serverChange");
