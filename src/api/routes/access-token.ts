import { z } from "zod";
import { accessTokenCookie } from "../../auth/access-token.ts";
import { BatonError, errors } from "../../errors.ts";
import type { ApiDeps } from "../deps.ts";
import { failureAnswer } from "../failure.ts";
import { replyJson } from "../reply.ts";
import { READ, type Route, rawRoutes } from "../route.ts";

/** @throws BatonError Unauthorized */
const exchanged = async (
	deps: ApiDeps,
	publicToken: string,
): Promise<string> => {
	const nowMs = deps.nowMs();
	const secretToken = await deps.store.accessTokens.acquire(
		publicToken,
		nowMs - deps.config().AccessTokenUseExpirySeconds * 1000,
		nowMs,
	);
	if (secretToken === undefined) throw errors.tokenNotValid();
	return secretToken;
};

/**
 * The page that exchanges a public token for a cookie. It changes no topology, and must be reachable from a mail or a chat:
 * so it is no changing route. Failures are envelopes with status 200, as on all pages of the reference.
 */
export const accessTokenRoutes = (deps: ApiDeps, prefix: string): Route[] =>
	rawRoutes(
		{
			...READ,
			paths: [`${prefix}/web/access-token`],
			says: "Exchanges a public token for the cookie of `AuthenticationMethod` `token`",
			input: z.object({ publicToken: z.string().trim().max(128).optional() }),
			query: ["publicToken"],
		},
		async ({ input }, request, response) => {
			try {
				if (request.method === "HEAD") throw errors.headExchangesNothing();
				const publicToken = input.publicToken ?? "";
				const secretToken = await exchanged(deps, publicToken);
				response.setHeader("Cache-Control", "no-store");
				response.setHeader(
					"Set-Cookie",
					accessTokenCookie({ publicToken, secretToken }, deps.config().UseSSL),
				);
				response.redirect(302, `${prefix}/`);
			} catch (error) {
				if (!(error instanceof BatonError)) throw error;
				const { envelope } = failureAnswer(error, "drop-in");
				replyJson(request, response, 200, { ...envelope });
			}
		},
	);
