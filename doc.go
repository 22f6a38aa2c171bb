package nextup
