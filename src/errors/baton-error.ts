import { ERROR_KINDS, type ErrorCode, type ErrorKind } from "./codes.ts";

/** An error of the catalogue. `message` is safe to show: it holds no secret and no SQL text. */
export class BatonError extends Error {
	override readonly name = "BatonError";
	readonly code: ErrorCode;

	constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
		super(message, options);
		this.code = code;
	}

	get kind(): ErrorKind {
		return ERROR_KINDS[this.code];
	}
}
