import { error } from "./template.ts";

/** A command line that cannot be read, or of which something would not be. The words before the remedies are those of Go's flags. */
export const USAGE = {
	flagUnknown: error(
		"BadUsage",
		"flag provided but not defined: -<flag><near>; -help lists the flags",
	),
	flagWithoutValue: error(
		"BadUsage",
		"flag needs an argument: -<flag>; write -<flag> VALUE or -<flag>=VALUE",
	),
	noBoolean: error(
		"BadUsage",
		'invalid boolean value "<text>" for -<flag>: parse error; write -<flag>, -<flag>=true or -<flag>=false',
	),
	noFlag: error(
		"BadUsage",
		"bad flag syntax: <word>; write -name VALUE or -name=VALUE",
	),
	bothDestinations: error(
		"BadInput",
		"-s and -d are synonyms, yet both were specified. You're probably doing the wrong thing: give one of them.",
	),
	flagNotTaken: error(
		"BadInput",
		"<command> does not take <flag>; nothing was done: leave it out",
	),
	argumentsNotRead: error(
		"BadInput",
		'"<arguments>" behind "<word>" is not read; put flags in front of "<word>", and leave out what else there is',
	),
	twoCommands: error(
		"BadInput",
		'both -c <command> and "<other>" are given, of which "<other>" counts; leave one of them out',
	),
	givenTwice: error(
		"BadInput",
		'both "<word>" and <flag> "<other>" are given; leave one of them out',
	),
	nothingToExplain: error(
		"BadInput",
		"<command> changes nothing, so there is nothing to explain: run it",
	),
	flagTwice: error(
		"BadInput",
		"<flag> is given twice, and nothing was done; leave one of them out",
	),
	emptyValue: error(
		"BadInput",
		"<what> is empty, and nothing was done; is a variable not set? Give its value, or leave it out",
	),
	wordsTooMany: error(
		"BadInput",
		'"<words>" behind "<command>" is not read, and nothing was done; words that it takes: <takes>',
	),
	noShell: error(
		"BadInput",
		"no completion is made for \"<shell>\"; write '<program> completion <shells>'",
	),
	unknownCommand: error(
		"BadInput",
		"Unknown command: \"<command>\"<near>; '<program> help' lists those that there are",
	),
	usedInstead: error(
		"BadInput",
		'Unknown command: "<command>" is none of the command line; use <instead>',
	),
	unknownWord: error(
		"BadInput",
		"unknown word \"<word>\"<near>; '<program> help' lists the commands",
	),
	wordAfterCommand: error(
		"BadInput",
		"\"<word>\" stands behind -c <command>, where no word is read; leave it out, or have it explained by '<program> help <word>'",
	),
	agentUnknown: error(
		"Refused",
		'no agent of "<host>" is known: agents cannot register with this version',
	),
	commandNotBuilt: error(
		"BadInput",
		"command \"<command>\" of orchestrator is not built in this version; '<program> help' lists those that are",
	),
} as const;
