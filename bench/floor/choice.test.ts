import { expect, test } from "vitest";
import { mostReceived, receivedOf } from "./choice.ts";

const A = "3e11fa47-71ca-11e1-9e33-c80aa9429562";

test("the replica that has all of the others is chosen, the first of equals", () => {
	const replicas = [
		{ name: "b:1", gtids: `${A}:1-8` },
		{ name: "c:1", gtids: `${A}:1-10` },
		{ name: "d:1", gtids: `${A}:1-10` },
	];
	expect(mostReceived("mysql", replicas).name).toBe("c:1");
});

test("MariaDB's positions are compared domain by domain, not as text", () => {
	const replicas = [
		{ name: "b:1", gtids: "0-1-99" },
		{ name: "c:1", gtids: "0-1-100" },
	];
	expect(mostReceived("mariadb", replicas).name).toBe("c:1");
});

test("nobody is chosen when each has something that the other lacks", () => {
	expect(() =>
		mostReceived("mysql", [
			{ name: "b:1", gtids: `${A}:1-5:7` },
			{ name: "c:1", gtids: `${A}:1-6` },
		]),
	).toThrow(/no replica has all/);
});

test("what a replica has is what it received and what it executed before", () => {
	expect(
		receivedOf("mysql", { received: `${A}:6-\n9`, executed: `${A}:1-7` }, [
			"received",
			"executed",
		]),
	).toBe(`${A}:1-9`);
	expect(
		receivedOf("mariadb", { Gtid_IO_Pos: "", Gtid_Slave_Pos: "0-1-4" }, [
			"Gtid_IO_Pos",
			"Gtid_Slave_Pos",
		]),
	).toBe("0-1-4");
});
