/**
 * The version of the store that this program writes. Raise it with each change of a table definition: a store of a lower version, or
 * of the reference, is then brought to the definitions by adding what it lacks, and its hosts to one spelling each. Nothing else is
 * ever dropped or rewritten, so that the program before it, and the reference, go on working on the same store.
 *
 * 1. orchestrator's tables and Baton's first
 * 2. the lock and version row of a MySQL store; tables added since
 * 3. pictures of running operations
 * 4. their revisions
 * 5. who is a cluster's primary, which server a fence is about, and which addresses are one server's; hosts have one spelling each
 * 6. which server an address was proved to be, and which operation has laid a fence
 * 7. of which cluster a step is, and how the operation ended whose last one it is
 * 8. rolling maintenances
 * 9. who was forgotten a moment ago
 */
export const STORE_VERSION = 9;
