import type { RequestHandler, Response } from "express";
import type { Authenticator, Caller } from "../auth/authenticator.ts";
import { replyText } from "./reply.ts";

const CALLER = "caller";

/** The caller that {@link authentication} let in. */
export const callerOf = (response: Response): Caller => {
	const caller: unknown = response.locals[CALLER];
	return isCaller(caller) ? caller : { user: "", mayChange: false };
};

const isCaller = (value: unknown): value is Caller =>
	typeof value === "object" && value !== null && "mayChange" in value;

/** Lets in whom the configured method lets in; everybody else gets the 401 that the stock client looks for. */
export const authentication =
	(authenticate: Authenticator): RequestHandler =>
	async (request, response, next) => {
		const caller = await authenticate(request.headers);
		if (caller === undefined) {
			response.setHeader(
				"WWW-Authenticate",
				'Basic realm="Authorization Required"',
			);
			replyText(response, 401, "Not Authorized\n");
			return;
		}
		response.locals[CALLER] = caller;
		next();
	};
