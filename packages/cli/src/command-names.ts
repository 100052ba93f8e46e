/** Commands about this machine, which the server's own program runs. */
export const machineCommands = ['serve', 'down', 'status', 'doctor', 'config', 'restore', 'move'] as const;

export const ownCommands = ['up', 'login', 'logout', 'chat', 'verify', 'witness'] as const;

/** Every command that is not an operation of the API. */
export const commandNames: readonly string[] = [...ownCommands, ...machineCommands];
