/** Names the folder for what is kept on this machine, where none is given. */
export const defaultDataDir = '.parley/data';
