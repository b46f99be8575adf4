export { type AuditEntry, audit, auditRow } from './audit.ts';
