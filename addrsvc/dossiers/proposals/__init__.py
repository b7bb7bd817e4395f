"""What changes of addresses mean for dossiers linked to them: proposals, decided by people."""
