export { cluster } from "./cluster.ts";
export { recovery } from "./recovery.ts";
export { rehearsal } from "./rehearsal.ts";
export { rejoin } from "./rejoin.ts";
export { relocation } from "./relocation.ts";
export { takeover } from "./takeover.ts";
export { watch } from "./watch.ts";
