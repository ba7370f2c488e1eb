using System.Runtime.InteropServices;

namespace TlsProxy.SystemCallFilter.Interop;

/// <summary>struct sock_filter (linux/filter.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct FilterInstruction(ushort Code, byte JumpTrue, byte JumpFalse, uint Operand);
