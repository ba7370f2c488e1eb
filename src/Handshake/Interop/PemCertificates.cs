namespace TlsProxy.Handshake.Interop;

/// <summary>Reads the certificates of a PEM file that is in memory.</summary>
internal static unsafe class PemCertificates
{
    /// <summary>Reads all that are there.</summary>
    /// <returns>X509 objects of libcrypto, which the caller frees; none when one can't be read. libcrypto's error queue then says
    /// why.</returns>
    internal static List<nint> Read(ReadOnlySpan<byte> pem)
    {
        LibCrypto.ERR_clear_error();
        var read = new List<nint>();
        fixed (byte* bytes = pem)
        {
            var memory = LibCryptoCertificates.BIO_new_mem_buf(bytes, pem.Length);
            if (memory == 0)
                return read;
            while (LibCryptoCertificates.PEM_read_bio_X509_AUX(memory, null, &PemPasswords.Refuse, null) is not 0 and var certificate)
                read.Add(certificate);
            _ = LibCrypto.BIO_free(memory);
        }

        // The end of the file is told as an error: there is no further begin line.
        if (read.Count > 0 && OpenSslErrors.IsOnlyEndOfPem)
        {
            LibCrypto.ERR_clear_error();
            return read;
        }

        Free(read);
        return [];
    }

    internal static void Free(IEnumerable<nint> certificates)
    {
        foreach (var certificate in certificates)
            LibCryptoCertificates.X509_free(certificate);
    }
}
