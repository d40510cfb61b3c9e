/** Keys of the commands run around a recovery. */
import { list, text } from "./key.ts";

export const hookKeys = {
	ProcessesShellCommand: text(
		"bash",
		"honoured",
		"live",
		"Shell that runs the hooks.",
	),
	OnFailureDetectionProcesses: list(
		[],
		"honoured",
		"live",
		"Run at each new detection; a failure skips the recovery in that round.",
	),
	PreGracefulTakeoverProcesses: list(
		[],
		"honoured",
		"live",
		"Run before a takeover makes the primary read-only; a failure aborts it.",
	),
	PreFailoverProcesses: list(
		[],
		"honoured",
		"live",
		"Run before a recovery acts; a failure aborts it.",
	),
	PostFailoverProcesses: list(
		[],
		"honoured",
		"live",
		"Run after every successful recovery.",
	),
	PostUnsuccessfulFailoverProcesses: list(
		[],
		"honoured",
		"live",
		"Run after a recovery that found no successor.",
	),
	PostMasterFailoverProcesses: list(
		[],
		"honoured",
		"live",
		"Run after a successful recovery of a primary.",
	),
	PostIntermediateMasterFailoverProcesses: list(
		[],
		"notYet",
		"live",
		"Run after a successful recovery of an intermediate source.",
		"intermediate sources are not recovered in this version",
	),
	PostGracefulTakeoverProcesses: list(
		[],
		"honoured",
		"live",
		"Run after a takeover, when the old primary replicates from the new one.",
	),
	PostTakeMasterProcesses: list(
		[],
		"honoured",
		"live",
		"Run after a successful take-master.",
	),
};
