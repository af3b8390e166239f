// Preloaded into a program that git itself has started: git puts its own folder first on PATH, and
// with it its own git. This puts the folder in $LAZYSPEC_FIRST_ON_PATH before that.
const { LAZYSPEC_FIRST_ON_PATH: first } = process.env;
if (first) process.env.PATH = `${first}:${process.env.PATH}`;
