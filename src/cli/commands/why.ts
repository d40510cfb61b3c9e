import type { Command } from "../command.ts";
export const WHY_COMMANDS: readonly Command[] = [];
