import type { RequestHandler } from "express";

/** Scripts and styles come from our own files only; nothing inline, nothing from elsewhere, no framing. */
const CONTENT_SECURITY_POLICY = [
	"default-src 'none'",
	"script-src 'self'",
	"style-src 'self'",
	"img-src 'self' data:",
	"font-src 'self'",
	"connect-src 'self'",
	"base-uri 'self'",
	"form-action 'self'",
	"frame-ancestors 'none'",
].join("; ");

/** Headers that every answer carries. */
export const securityHeaders: RequestHandler = (_request, response, next) => {
	response.setHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY);
	response.setHeader("X-Content-Type-Options", "nosniff");
	response.setHeader("Referrer-Policy", "same-origin");
	response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
	response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
	next();
};
