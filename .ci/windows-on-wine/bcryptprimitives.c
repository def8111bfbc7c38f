/* std imports bcryptprimitives!ProcessPrng, which Wine 8 does not have. */
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(PVOID, ULONG); /* RtlGenRandom */

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE p, SIZE_T n) {
  while (n) {
    ULONG k = n > 0x10000000 ? 0x10000000 : (ULONG)n;
    if (!SystemFunction036(p, k)) return FALSE;
    p += k;
    n -= k;
  }
  return TRUE;
}
