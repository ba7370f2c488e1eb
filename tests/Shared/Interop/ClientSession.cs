using System.Runtime.InteropServices;

namespace TlsProxy.Testing.Interop;

/// <summary>A session that a later client may resume.</summary>
public sealed class ClientSession : SafeHandle
{
    internal ClientSession(nint session)
        : base(0, ownsHandle: true) => SetHandle(session);

    public override bool IsInvalid => handle == 0;

    internal nint Value => handle;

    protected override bool ReleaseHandle()
    {
        LibSsl.SSL_SESSION_free(handle);
        return true;
    }
}
