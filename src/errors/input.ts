import { error } from "./template.ts";

/** What else a person gives, by a flag or in a request. */
export const INPUT = {
	noDuration: error(
		"BadInput",
		'cannot read <flag> "<text>"; give digits and one of s, m, h, d, w',
	),
	durationOutOfRange: error(
		"BadInput",
		'cannot read <flag> "<text>" as a time: it is <why>; give 1s at least, and at most <most>',
	),
	noPromotionRule: error(
		"BadInput",
		'invalid -promotion-rule "<text>"; give one of <rules>',
	),
	reasonNotGiven: error("BadInput", "--reason option required"),
	patternNotGiven: error("BadInput", "no pattern given: give -pattern"),
	noPattern: error(
		"BadInput",
		'-pattern "<text>" is no regular expression; mend it, or escape what stands for itself with \\',
	),
	patternTooLong: error(
		"BadInput",
		"-pattern has <length> characters, of which at most <most> are read; give a shorter one",
	),
	nothingRecorded: error(
		"BadInput",
		'no topology was recorded at a time that matches -pattern "<text>"; record one with snapshot-topologies',
	),
	poolNotGiven: error("BadInput", "no pool given: give -pool"),
	noPool: error(
		"BadInput",
		'-pool "<text>" is no pool name; give up to <limit> characters, without control characters',
	),
	tagNotGiven: error("BadInput", "no tag given: give -tag"),
	tagNotAsked: error("BadInput", "no tag given: add ?tag=name or name=value"),
	noTag: error(
		"BadInput",
		'cannot read "<text>" as a tag: <why>; give name or name=value',
	),
	tagWithoutValue: error(
		"BadInput",
		"a tag is taken from every instance that has it with one value: give <flag><tag>=VALUE, or <tag>= for the tag without a value",
	),
	unknownTag: error(
		"BadInput",
		"tag <tag> not found for <instance>; tags lists those that it has",
	),
	binlogNotGiven: error(
		"BadInput",
		"no binary log given: give -binlog, the first one that stays",
	),
	delayNotGiven: error(
		"BadInput",
		"no delay given: give -duration, 0s for none",
	),
	delayTooLong: error(
		"BadInput",
		'"<text>" is too long for a delay; give up to <most> seconds',
	),
	noCoordinates: error(
		"BadInput",
		'malformed coordinates: "<text>" is not file:position, such as mysql-bin.000123:4567',
	),
	noGtidSet: error("BadInput", 'malformed GTID set: "<text>" is not <what>'),
	noGtidPosition: error(
		"BadInput",
		'malformed GTID position: "<text>" is not domain-server-sequence',
	),
	unreadableRequest: error(
		"BadInput",
		"the request cannot be read (<why>); nothing was done: mend it, or leave its body out",
	),
	requestOfAnother: error(
		"BadInput",
		"the request names cluster <named>, and was sent to <asked>; nothing was done: send it to the one that it names",
	),
	noRequest: error(
		"BadInput",
		"the <kind> cannot be asked for like this: <field>: <why>",
	),
	noSuchChange: error(
		"BadInput",
		'no operation and no action is called "<command>"<near>; nothing was done: what only reads is asked for on the command line, or by the API',
	),
	oneOfSeveral: error(
		"BadInput",
		'"<command>" is one of several, and nothing was done; give <names>',
	),
	typedOnly: error(
		"BadInput",
		"<command> is for the command line alone, and nothing was done; give it there",
	),
	unfitArgument: error(
		"BadInput",
		"<command> cannot be asked for like this, and nothing was done: <field> <why>",
	),
	halfAName: error(
		"BadInput",
		"<given> names half a server, and nothing was done; give <missing>, too",
	),
	noHookList: error("BadInput", "<name> is no list of hooks; nothing was run"),
	noParameter: error("Internal", "<name> is no parameter of the API"),
	notTyped: error("Internal", "<name> is nothing that can be typed"),
} as const;
