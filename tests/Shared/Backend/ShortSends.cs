using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Testing.Backend;

/// <summary>Has a send that is about to be submitted take its first byte alone, as a socket with hardly any room does.</summary>
public static class ShortSends
{
    /// <returns>False for a send that can't be shorter, and for one of a record that has to be whole.</returns>
    public static bool TryShorten(Operation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        if (operation.Kind == OperationKind.Send && operation.Memory.Length > 1)
        {
            operation.Memory = operation.Memory.Slice(0, 1);
            return true;
        }

        if (operation is not { Kind: OperationKind.SendMessage, Message: { RecordType: 0, Length: > 1 } message })
            return false;
        message.SetOutgoing([FirstByte(message)], recordType: 0);
        return true;
    }

    private static NativeSlice FirstByte(MessageBlock message)
    {
        var first = 0;
        while (message.Range(first).IsEmpty)
            first++;
        return message.Range(first).Slice(0, 1);
    }
}
