import type { Json } from "./go-json.ts";

/** The answer to a call that was done. */
export const okJson = (Message: string, Details: Json) => ({
	Code: "OK" as const,
	Message,
	Details,
});

/** The answer to one that was not. */
export const errorJson = (Message: string, Details: Json) => ({
	Code: "ERROR" as const,
	Message,
	Details,
});
