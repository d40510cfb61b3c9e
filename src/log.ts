/** Where a part of Baton says something to the people who run it, one line each. */
export interface Log {
	fatal(text: string): void;
	error(text: string): void;
	/** What a person should know who waits for the answer of a command. */
	notice(text: string): void;
	warning(text: string): void;
	info(text: string): void;
	debug(text: string): void;
}
