using System.Reflection;
using System.Runtime.CompilerServices;

namespace TlsProxy.Testing.Interop;

/// <summary>A value outside the managed heap.</summary>
/// <param name="address">0 for none.</param>
internal sealed unsafe class NativeBytes(nint address, Type type)
{
    private static readonly MethodInfo s_sizeOf = typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!;

    /// <summary>What a field of a pointer's type points to.</summary>
    public static NativeBytes Of(FieldInfo field, object owner) =>
        new((nint)Pointer.Unbox((Pointer)field.GetValue(owner)!), field.FieldType.GetElementType()!);

    public ReadOnlySpan<byte> Bytes =>
        address == 0 ? default : new((void*)address, (int)s_sizeOf.MakeGenericMethod(type).Invoke(null, null)!);
}
