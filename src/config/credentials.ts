/** Where accounts come from: credentials files and `${NAME}`. Done again at each file and reload. */
import { errors, errorText } from "../errors.ts";
import { parseCredentials } from "./credentials-file.ts";
import { type Configuration, withValues } from "./keys.ts";

export interface CredentialSources {
	readonly variable: (name: string) => string | undefined;
	/** The file's text. Throws when it cannot be read. */
	readonly readText: (file: string) => string;
	readonly warn: (line: string) => void;
}

const ACCOUNTS = [
	{
		file: "MySQLOrchestratorCredentialsConfigFile",
		user: "MySQLOrchestratorUser",
		password: "MySQLOrchestratorPassword",
	},
	{
		file: "MySQLTopologyCredentialsConfigFile",
		user: "MySQLTopologyUser",
		password: "MySQLTopologyPassword",
	},
] as const;

type Account = (typeof ACCOUNTS)[number];

const fromFile = (
	configuration: Configuration,
	account: Account,
	readText: CredentialSources["readText"],
): Configuration => {
	const file = configuration[account.file];
	if (file === "") return configuration;
	let text: string;
	try {
		text = readText(file);
	} catch (error) {
		throw errors.credentialsNotRead({
			file,
			key: account.file,
			why: errorText(error),
		});
	}
	const { user, password } = parseCredentials(file, text);
	return withValues(configuration, {
		[account.user]: user,
		[account.password]: password,
	});
};

/** Greedy, as in orchestrator: from the first `${` to the last `}`, and the whole value is replaced. */
const REFERENCE = /\$\{(.*)\}/;

const fromEnvironment = (
	configuration: Configuration,
	account: Account,
	{ variable, warn }: CredentialSources,
): Configuration => {
	const name = REFERENCE.exec(configuration[account.password])?.[1];
	if (name === undefined) return configuration;
	const value = variable(name);
	if (value === undefined) {
		// A text that cannot be a variable's name may be part of a real password.
		const shown = /^\w+$/.test(name) ? ` ${name}` : "";
		warn(
			`${account.password} refers to the environment variable${shown}, which is not set: the password is empty`,
		);
	}
	return withValues(configuration, { [account.password]: value ?? "" });
};

/** Resolves both accounts. Throws BatonError BadConfiguration. */
export const resolveCredentials = (
	configuration: Configuration,
	sources: CredentialSources,
): Configuration => {
	let resolved = configuration;
	for (const account of ACCOUNTS)
		resolved = fromFile(resolved, account, sources.readText);
	for (const account of ACCOUNTS)
		resolved = fromEnvironment(resolved, account, sources);
	return resolved;
};
