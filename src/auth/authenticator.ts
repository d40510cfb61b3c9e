import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Configuration } from "../config/keys.ts";
import { type AccessTokenPair, accessTokensOf } from "./access-token.ts";

/** Who calls, as far as the configured method tells. */
export interface Caller {
	/** Empty when nobody was identified. */
	readonly user: string;
	/** May use routes that need write authorisation. */
	readonly mayChange: boolean;
}

export type AuthenticationSettings = Pick<
	Configuration,
	| "AuthenticationMethod"
	| "HTTPAuthUser"
	| "HTTPAuthPassword"
	| "AuthUserHeader"
	| "PowerAuthUsers"
	| "PowerAuthGroups"
	| "AccessTokenExpiryMinutes"
	| "ReadOnly"
>;

export interface AuthenticatorDeps {
	readonly settings: () => AuthenticationSettings;
	/** Unix groups of a user of this machine. */
	readonly groupsOf: (user: string) => Promise<readonly string[]>;
	/** Whether that pair of tokens was handed out and exchanged, and is no older than so long. */
	readonly isTokenValid: (
		tokens: AccessTokenPair,
		validForMs: number,
	) => Promise<boolean>;
}

/** Lets a request in, or not (undefined: answer 401). */
export type Authenticator = (
	headers: IncomingHttpHeaders,
) => Promise<Caller | undefined>;

interface Credentials {
	readonly user: string;
	readonly password: string;
}

const digest = (text: string): Buffer =>
	createHash("sha256").update(text).digest();

/** Compares without telling by its duration how much was right. */
const isSame = (given: string, wanted: string): boolean =>
	timingSafeEqual(digest(given), digest(wanted));

const credentialsOf = (
	headers: IncomingHttpHeaders,
): Credentials | undefined => {
	const encoded = /^Basic ([A-Za-z0-9+/=_-]+)$/i.exec(
		headers.authorization ?? "",
	)?.[1];
	if (encoded === undefined) return undefined;
	const text = Buffer.from(encoded, "base64").toString("utf8");
	const at = text.indexOf(":");
	if (at < 0) return undefined;
	return { user: text.slice(0, at), password: text.slice(at + 1) };
};

const isConfiguredUser = (
	given: Credentials,
	settings: AuthenticationSettings,
): boolean => {
	const user = isSame(given.user, settings.HTTPAuthUser);
	const password = isSame(given.password, settings.HTTPAuthPassword);
	return user && password;
};

/** The user of `multi` who gets in with any password and may change nothing. */
const READ_ONLY_USER = "readonly";

type Method = (
	headers: IncomingHttpHeaders,
	deps: AuthenticatorDeps,
) => Promise<Caller | undefined>;

const basic: Method = async (headers, { settings }) => {
	const given = credentialsOf(headers);
	return given !== undefined && isConfiguredUser(given, settings())
		? { user: given.user, mayChange: true }
		: undefined;
};

const multi: Method = async (headers, deps) => {
	if (credentialsOf(headers)?.user === READ_ONLY_USER)
		return { user: READ_ONLY_USER, mayChange: false };
	return basic(headers, deps);
};

const headerUser = (
	headers: IncomingHttpHeaders,
	{ AuthUserHeader }: AuthenticationSettings,
): string => {
	const value = headers[AuthUserHeader.toLowerCase()];
	return (Array.isArray(value) ? value[0] : value) ?? "";
};

const proxy: Method = async (headers, { settings, groupsOf }) => {
	const { PowerAuthUsers, PowerAuthGroups } = settings();
	const user = headerUser(headers, settings());
	if (PowerAuthUsers.includes("*")) return { user, mayChange: true };
	if (user === "") return { user, mayChange: false };
	if (PowerAuthUsers.includes(user)) return { user, mayChange: true };
	if (PowerAuthGroups.length === 0) return { user, mayChange: false };
	const groups = await groupsOf(user);
	return {
		user,
		mayChange: groups.some((group) => PowerAuthGroups.includes(group)),
	};
};

/** Everyone may look; who brings the cookie of an exchanged token may change. Nobody is identified. */
const token: Method = async (headers, { settings, isTokenValid }) => {
	const pair = accessTokensOf(headers);
	if (pair === undefined) return { user: "", mayChange: false };
	const validForMs = settings().AccessTokenExpiryMinutes * 60_000;
	return { user: "", mayChange: await isTokenValid(pair, validForMs) };
};

/** `oauth` lets everyone look and nobody change, as in the reference. */
const onlookers: Method = async () => ({ user: "", mayChange: false });
const everyone: Method = async () => ({ user: "", mayChange: true });

const METHODS: Readonly<Record<string, Method>> = {
	basic,
	multi,
	proxy,
	token,
	oauth: onlookers,
};

/** Whether the configured method identifies or limits anybody at all. An unknown method is none. */
export const hasAuthentication = (
	settings: Pick<AuthenticationSettings, "AuthenticationMethod">,
): boolean => settings.AuthenticationMethod.toLowerCase() in METHODS;

/** Authentication as orchestrator has it. `ReadOnly` refuses changes whatever the method says, and leaves the user unnamed. */
export const createAuthenticator =
	(deps: AuthenticatorDeps): Authenticator =>
	async (headers) => {
		const settings = deps.settings();
		const method =
			METHODS[settings.AuthenticationMethod.toLowerCase()] ?? everyone;
		const caller = await method(headers, deps);
		return caller !== undefined && settings.ReadOnly
			? { user: "", mayChange: false }
			: caller;
	};
