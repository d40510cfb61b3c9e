import { BatonError, type ErrorCode } from "../errors.ts";
import type { Json } from "./json/go-json.ts";

/** A failure whose envelope carries `Details` (noted per route). */
export class AnswerError extends BatonError {
	readonly details: Json;

	constructor(code: ErrorCode, message: string, details: Json) {
		super(code, message);
		this.details = details;
	}
}
