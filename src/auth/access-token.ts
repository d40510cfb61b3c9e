/** The cookie by which a browser shows that its user was handed a token. */
import type { IncomingHttpHeaders } from "node:http";

export interface AccessTokenPair {
	readonly publicToken: string;
	readonly secretToken: string;
}

const COOKIE = "access-token";

/**
 * `Set-Cookie` for a browser session. Unlike the reference's, no script can read the cookie, it is not sent with calls that other
 * pages make, and over TLS it stays there.
 */
export const accessTokenCookie = (
	{ publicToken, secretToken }: AccessTokenPair,
	isSecure: boolean,
): string =>
	`${COOKIE}=${publicToken}:${secretToken}; Path=/; HttpOnly; SameSite=Lax${isSecure ? "; Secure" : ""}`;

/** The tokens of the cookie; undefined when there is none, or it is none of ours. */
export const accessTokensOf = (
	headers: IncomingHttpHeaders,
): AccessTokenPair | undefined => {
	const found =
		/(?:^|;\s*)access-token="?([0-9a-zA-Z]+):([0-9a-zA-Z]+)"?\s*(?:;|$)/.exec(
			headers.cookie ?? "",
		);
	const [, publicToken, secretToken] = found ?? [];
	return publicToken === undefined || secretToken === undefined
		? undefined
		: { publicToken, secretToken };
};
