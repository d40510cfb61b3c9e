import { gzip } from "node:zlib";
import type { Request, Response } from "express";
import { type Json, toGoJson } from "../compat/json/go-json.ts";

/** Below this many bytes compressing costs more than it saves. */
const WORTH_COMPRESSING = 1024;

const wantsGzip = (request: Request): boolean =>
	(request.headers["accept-encoding"] ?? "").includes("gzip");

/** Answers compact JSON as the reference does, gzipped for callers that take it. */
export const replyJson = (
	request: Request,
	response: Response,
	status: number,
	value: Json,
): void => {
	const body = Buffer.from(toGoJson(value));
	response.status(status);
	response.setHeader("Content-Type", "application/json; charset=UTF-8");
	response.setHeader("Cache-Control", "no-store");
	response.setHeader("Vary", "Accept-Encoding");
	if (!wantsGzip(request) || body.length < WORTH_COMPRESSING) {
		response.end(body);
		return;
	}
	gzip(body, (error, zipped) => {
		if (error === null) response.setHeader("Content-Encoding", "gzip");
		response.end(error === null ? zipped : body);
	});
};

export const replyText = (
	response: Response,
	status: number,
	text: string,
): void => {
	response.status(status);
	response.setHeader("Content-Type", "text/plain; charset=utf-8");
	response.end(text);
};

/** What the reference says to a path that it does not know. */
export const replyNotFound = (response: Response): void =>
	replyText(response, 404, "404 page not found\n");
