using System.Reflection;
using System.Runtime.CompilerServices;

namespace TlsProxy.Testing.Interop;

/// <summary>Bytes outside the managed heap.</summary>
/// <param name="address">0 for none.</param>
internal sealed unsafe class NativeBytes(nint address, int length)
{
    private static readonly MethodInfo s_sizeOf = typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!;

    public ReadOnlySpan<byte> Bytes => address == 0 ? default : new((void*)address, length);

    /// <summary>What a field of a pointer's type points to.</summary>
    public static NativeBytes Of(FieldInfo field, object owner) =>
        new((nint)Pointer.Unbox((Pointer)field.GetValue(owner)!), SizeOf(field.FieldType.GetElementType()!));

    public static int SizeOf(Type type) => (int)s_sizeOf.MakeGenericMethod(type).Invoke(null, null)!;
}
