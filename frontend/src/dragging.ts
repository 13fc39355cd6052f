/** Boards and arranged lists share the library that drags: one file for both, so that a page asks for one and not for two. */
export { mountArranging } from "./arrange";
export { mountBoard } from "./board";
