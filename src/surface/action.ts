import type { AuditedChange } from "../audit/changes.ts";
import type { Json } from "../compat/json/go-json.ts";
import type { ArgumentsOf, Resolve, Takes } from "./argument.ts";
import type { RowContext } from "./context.ts";
import { type Described, described, type Wording } from "./described.ts";

/** A change of the store alone, as a row: what both surfaces need to offer it. */
interface ActionRow<Taken extends Takes, Result> extends Wording<Taken> {
	/** In advance servers are looked at, which may take their time, and nothing is stored. */
	readonly isLook?: true;
	/** @throws BatonError; its `Details` where the drop-in answer has some (AnswerError) */
	readonly run: (
		context: RowContext,
		args: ArgumentsOf<Taken>,
	) => Promise<Result>;
	/** What was changed, as the audit tells it. */
	readonly audited: (result: Result) => readonly AuditedChange[];
	readonly tells: {
		/**
		 * What would be done, behind the word "would"; undefined where nothing would be changed. What has no command has none: there it is
		 * not asked for.
		 */
		readonly would?: (result: Result) => string | undefined;
		/** For stdout. */
		readonly lines: (result: Result) => readonly string[];
		/** What whoever gave the command should know besides, for stderr. */
		readonly hints?: (
			result: Result,
			context: RowContext,
		) => Promise<readonly string[]>;
		/** `Details` of the envelope. */
		readonly json: (
			result: Result,
			context: RowContext,
		) => Json | Promise<Json>;
		/** `Message` of the envelope, for people. */
		readonly message: (result: Result) => string;
	};
}

/** A change that was made. */
export interface Changed {
	readonly audited: readonly AuditedChange[];
	readonly lines: readonly string[];
	readonly message: string;
	/** What it is, told of one that is taken back: a sentence without its end. */
	readonly would: string;
	hints(): Promise<readonly string[]>;
	json(): Promise<Json>;
}

export interface Action extends Described {
	readonly isLook: boolean;
	readonly run: (context: RowContext, resolve: Resolve) => Promise<Changed>;
}

/** A row of the action table. */
export const action = <const Taken extends Takes, Result>(
	name: string,
	row: ActionRow<Taken, Result>,
): Action => ({
	...described(name, row),
	isLook: row.isLook === true,
	run: async (context, resolve) => {
		const result = await row.run(context, await resolve(row.takes));
		const { lines, json, message, hints, would } = row.tells;
		const what = would?.(result);
		return {
			audited: row.audited(result),
			lines: lines(result),
			message: message(result),
			would:
				what === undefined
					? `would change nothing: ${message(result)}`
					: `would ${what}`,
			hints: async () => (await hints?.(result, context)) ?? [],
			json: async () => json(result, context),
		};
	},
});
