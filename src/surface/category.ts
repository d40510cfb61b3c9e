/** Headings of the listing of commands, in its order. Those without a command are not shown. */
export const CATEGORIES = [
	"Smart relocation",
	"Classic file:pos relocation",
	"Binlog server relocation",
	"GTID relocation",
	"Pseudo-GTID relocation",
	"Replication, general",
	"Replication information",
	"Instance",
	"Binary logs",
	"Pools",
	"Information",
	"Key-value",
	"tags",
	"Instance management",
	"Recovery",
	"Instance, meta",
	"Meta",
	"Meta, internal",
	"Internal",
	"Agent",
	"",
] as const;

export type Category = (typeof CATEGORIES)[number];
