using System.Runtime.InteropServices;

namespace TlsProxy.Testing.Interop;

/// <summary>A session that a later client may resume.</summary>
public sealed class ClientSession : SafeHandle
{
    internal ClientSession(nint session)
        : base(0, ownsHandle: true) => SetHandle(session);

    public override bool IsInvalid => handle == 0;

    internal nint Value => handle;

    /// <summary>Lets a client believe that the ticket is good for early data, whatever it says.</summary>
    /// <param name="length">Bytes.</param>
    public void AllowEarlyData(uint length)
    {
        if (LibSsl.SSL_SESSION_set_max_early_data(handle, length) != 1)
            throw new InvalidOperationException("libssl takes no limit of early data.");
    }

    internal ClientSession Copy() => new(LibSsl.SSL_SESSION_dup(handle));

    protected override bool ReleaseHandle()
    {
        LibSsl.SSL_SESSION_free(handle);
        return true;
    }
}
