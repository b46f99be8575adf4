// Preloaded before tap's own preloads. tap sends every module that a test loads through a thread of its own, to know later what to
// cover and what changed; nothing here asks for that, and it takes longer than most tests.
import module from 'node:module';

module.register = () => undefined;
