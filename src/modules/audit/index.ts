export { type AuditEntry, audit, auditAll, auditRow } from './audit.ts';
