/** The dynamic privileges are there since 8.0. */
export { privileges } from "../modern/privileges.ts";
