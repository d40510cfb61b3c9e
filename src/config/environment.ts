/** The one place that reads the process's environment. */
import { homedir, hostname } from "node:os";
import { join } from "node:path";

export interface Environment {
	/** The value of a variable that a password names as `${NAME}`; undefined where unset. */
	variable(name: string): string | undefined;
	/**
	 * Directory of this node's data where no configuration file names one.
	 * @param beside where the configuration puts other data of this node; undefined when it does not say
	 */
	dataDirectory(beside?: string): string;
	/** Name of this host; empty when it cannot be told. */
	hostName(): string;
	/** All variables, for a child process that inherits them (hooks). */
	inherited(): Readonly<Record<string, string>>;
}

export interface EnvironmentOptions {
	/** Whether the process runs as root; by default its effective user id is asked. */
	readonly root?: boolean;
}

/** BATON_DATA, else beside the other data, else /var/lib/baton for root, else ~/.local/share/baton. */
export const createEnvironment = (
	env: Readonly<Record<string, string | undefined>> = process.env,
	{ root = process.geteuid?.() === 0 }: EnvironmentOptions = {},
): Environment => ({
	variable: (name) => env[name],
	dataDirectory: (beside) => {
		if (env["BATON_DATA"]) return env["BATON_DATA"];
		if (beside !== undefined) return beside;
		return root
			? "/var/lib/baton"
			: join(env["HOME"] || homedir(), ".local/share/baton");
	},
	hostName: () => hostname(),
	inherited: () =>
		Object.fromEntries(
			Object.entries(env).filter(
				(entry): entry is [string, string] => entry[1] !== undefined,
			),
		),
});
